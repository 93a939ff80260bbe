import type { RawOptions } from './reader.ts'

/**
 * The inputs of a step as the runner passes them: INPUT_ and the name in capitals.
 * Source: actions/toolkit, packages/core, getInput.
 */
export function fromInputs(environment: Readonly<Record<string, string | undefined>>): RawOptions {
  return (name) => environment[inputVariable(name)]
}

/** The variable that the runner passes an input in. */
export function inputVariable(name: string): string {
  return `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`
}
