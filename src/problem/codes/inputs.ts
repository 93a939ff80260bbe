import type { CodeTable } from './code-table.ts'

export const INPUTS_CODES = {} as const satisfies CodeTable
