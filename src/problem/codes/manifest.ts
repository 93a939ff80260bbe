import type { CodeTable } from './code-table.ts'

export const MANIFEST_CODES = {} as const satisfies CodeTable
