import type { Command } from './command.ts'
import { COMPLETION } from './completion.ts'
import { INIT } from './init.ts'

/**
 * Every command that is no mode. What a command does is imported when it runs, so that neither the action nor a run of
 * the command line loads it.
 */
export const COMMANDS: readonly Command[] = [INIT, COMPLETION]

/** What completion scripts call. The words behind it are not complete, so they are read by themselves. */
export const COMPLETE = '__complete'

/** The same for kubectl, which completes its plugins. */
export const COMPLETE_PLUGIN = '__complete_plugin'
