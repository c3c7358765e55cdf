/** A row of a statement that reads the epoch too; it has none only where the migrations did not run. */
interface EpochRow {
  readonly epoch: number | null;
}

/** The first of the rows, at least one of which every such statement answers. Throws rather than invent an epoch. */
export function firstWithEpoch<Row extends EpochRow>(rows: readonly Row[]): Row & { readonly epoch: number } {
  const [first] = rows;
  if (!hasEpoch(first)) throw new Error('message.log_epoch has no row; run the migrations');
  return first;
}

function hasEpoch<Row extends EpochRow>(row: Row | undefined): row is Row & { readonly epoch: number } {
  return row !== undefined && row.epoch !== null;
}
