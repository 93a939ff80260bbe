import type { CodeTable } from './code-table.ts'

export const JOURNAL_CODES = {} as const satisfies CodeTable
