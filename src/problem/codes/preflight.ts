import type { CodeTable } from './code-table.ts'

export const PREFLIGHT_CODES = {} as const satisfies CodeTable
