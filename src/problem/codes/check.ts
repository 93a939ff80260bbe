import type { CodeTable } from './code-table.ts'

export const CHECK_CODES = {} as const satisfies CodeTable
