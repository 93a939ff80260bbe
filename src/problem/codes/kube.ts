import type { CodeTable } from './code-table.ts'

export const KUBE_CODES = {} as const satisfies CodeTable
