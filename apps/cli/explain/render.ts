import type { Explained } from '#database/explain.js';
import { findings, misestimates, pageBounds } from '#database/findings.js';
import { toShown } from '#database/literal.js';
import type { Plan, PlanNode } from '#database/plan.js';
import type { Statement } from '#database/statement.js';

/** What a person reads about a statement that was tried: text, parameters, plan, warnings. Never what people wrote. */
export function render(statement: Statement, params: readonly unknown[], explained: Explained): string {
  const { plan, inner } = explained;
  const warnings = [...findings(explained, pageBounds), ...misestimates(plan.root)];
  return [
    `${statement.name}\n`,
    `${indent(statement.text.replace(/\n +/g, '\n'), '  ')}\n`,
    ...params.map((param, index) => `  $${index + 1} = ${toShown(param)}`),
    '',
    renderPlan(plan, statement.text),
    ...inner.flatMap(({ query, plan: each }) => [
      `inside a function: ${query.trim().split('\n', 1)[0]} …\n`,
      renderPlan(each, query),
    ]),
    ...(warnings.length === 0 ? ['No warnings.'] : ['Warnings:', ...warnings.map((warning) => `  ${warning}`)]),
    '',
  ].join('\n');
}

function renderPlan(plan: Plan, text: string): string {
  const { buffers } = plan.root;
  const total = `${plan.executionMs.toFixed(2)} ms, ${buffers} buffers (${Math.round((buffers * 8) / 1024)} MiB)`;
  return `${renderNode(plan.root, text, 1)}\n  in all ${total}, planned in ${plan.planningMs.toFixed(2)} ms\n`;
}

function renderNode(node: PlanNode, text: string, depth: number): string {
  const { type, on, name, estimatedRows, rows, loops, ms, buffers, removedRows } = node;
  const title = `${name === undefined ? '' : `${name}: `}${type}${on === '' ? '' : ` ${on}`}`;
  const counted = `${Math.round(rows * 100) / 100} rows (expected ${estimatedRows})${loops > 1 ? ` × ${loops}` : ''}`;
  const facts =
    loops === 0
      ? 'never run'
      : `${counted}, ${ms.toFixed(2)} ms, ${buffers} buffers${removedRows > 0 ? `, ${removedRows} rows removed` : ''}`;
  const lines = [`${title}   ${facts}`, ...node.conditions.map((condition) => `  ${withoutValues(condition, text)}`)];
  const children = node.children.map((child) => renderNode(child, text, depth + 1));
  return [indent(lines.join('\n'), '  '.repeat(depth)), ...children].join('\n');
}

/** Literals that the statement does not spell itself are values: only numbers are shown. */
function withoutValues(condition: string, text: string): string {
  return condition.replace(/'((?:[^']|'')*)'/g, (literal, value: string) =>
    text.includes(literal) || /^[\d{},.:TZ+ -]*$/.test(value) ? shorten(literal) : `'… ${value.length}'`,
  );
}

function shorten(literal: string): string {
  return literal.length <= 60 ? literal : `${literal.slice(0, 40)}…'`;
}

function indent(text: string, by: string): string {
  return text
    .split('\n')
    .map((line) => by + line)
    .join('\n');
}
