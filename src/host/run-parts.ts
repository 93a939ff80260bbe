/**
 * What a run needs after its first request was sent. It is one file of its own, loaded before the first write and as a
 * whole, so that no file has to be read in the middle of a run: an upgrade may have replaced it by then. The post step
 * loads it too, where a run left something.
 */
export { cleanUp } from './after-kill/clean-up.ts'
export { commentOfRun } from './comment/comment-of-run.ts'
export { runInit } from './init/init-command.ts'
export { writeResults } from './results/action-results.ts'
export { runAndReport } from './run-and-report.ts'
export { reportText } from './write-report.ts'
