import { parseArgs } from 'node:util';

/**
 * What `interpret` makes of the options that a command of npm was given. Ends the process after `--help`, and with 2 when
 * they make no sense.
 */
export function readArguments(help, options = {}, interpret = (values) => values) {
  try {
    const { help: wantsHelp, ...values } = parseArgs({
      options: { ...options, help: { type: 'boolean', short: 'h' } },
    }).values;
    if (!wantsHelp) return interpret(values);
  } catch (error) {
    console.error(`${error.message}\n\n${help}`);
    process.exit(2);
  }
  console.log(help);
  process.exit(0);
}
