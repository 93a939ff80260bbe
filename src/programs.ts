/** The two programs that a run has in common: bundled once, since nearly all of their code is the same. */
export { startAction } from './action.ts'
export { startCommandLine } from './cli.ts'
