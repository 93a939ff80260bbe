import type { CodeTable } from './code-table.ts'

export const GATEWAYS_CODES = {} as const satisfies CodeTable
