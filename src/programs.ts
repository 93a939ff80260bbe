/** The action, its post step and the command line. They are bundled once, since they share nearly all of their code. */
export { startAction } from './action.ts'
export { startCommandLine } from './cli.ts'
export { startPost } from './post.ts'
