import type { CodeTable } from './code-table.ts'

export const ROUTES_CODES = {} as const satisfies CodeTable
