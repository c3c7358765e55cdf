/** What a part of the process says of itself. `degraded` still serves. */
export interface HealthReport {
  readonly state: 'up' | 'degraded' | 'down';
  readonly details?: Record<string, unknown>;
}

/** A dependency or part that can be asked how it is. Each lib that has one exports its own. */
export interface HealthIndicator {
  readonly name: string;
  /** Without a required one the process is not ready; the others only degrade. */
  readonly required: boolean;
  /** Throws or answers `down` when it is not well. */
  check(): Promise<HealthReport>;
  /** For databases: whether the schema has all migrations of this build. */
  isCurrent?(): Promise<boolean>;
}
