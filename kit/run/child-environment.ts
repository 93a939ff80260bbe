/**
 * What every program that a test starts has in its environment: where commands are, and where Node keeps compiled code
 * (kit/run/compile-cache.ts). Compiling takes a third of the processor time of a short run.
 */
export const CHILD_ENVIRONMENT: Readonly<Record<string, string>> = childEnvironment()

function childEnvironment(): Record<string, string> {
  const { PATH = '', NODE_COMPILE_CACHE: compiled } = process.env
  return compiled === undefined ? { PATH } : { PATH, NODE_COMPILE_CACHE: compiled }
}
