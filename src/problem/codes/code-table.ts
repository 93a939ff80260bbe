import type { Reason } from '../verdict.ts'

/** Codes, each with the reason of a run that ends for it. */
export type CodeTable = Readonly<Record<`ITS-${string}`, Reason>>
