import { CHECK_CODES } from './codes/check.ts'
import { GATEWAYS_CODES } from './codes/gateways.ts'
import { GENERAL_CODES } from './codes/general.ts'
import { INIT_CODES } from './codes/init.ts'
import { INPUTS_CODES } from './codes/inputs.ts'
import { JOBS_CODES } from './codes/jobs.ts'
import { JOURNAL_CODES } from './codes/journal.ts'
import { KUBE_CODES } from './codes/kube.ts'
import { MANIFEST_CODES } from './codes/manifest.ts'
import { OUTPUT_CODES } from './codes/output.ts'
import { PREFLIGHT_CODES } from './codes/preflight.ts'
import { ROUTES_CODES } from './codes/routes.ts'
import type { Reason } from './verdict.ts'

/**
 * Every problem that this tool can report, by its stable code, with the reason of a run that ends for it. Each code
 * has a section of the same name in docs/errors.md: what it means, and what to do. Codes are never renamed or reused.
 */
export const CODES = {
  ...INPUTS_CODES,
  ...KUBE_CODES,
  ...JOBS_CODES,
  ...JOURNAL_CODES,
  ...ROUTES_CODES,
  ...GATEWAYS_CODES,
  ...PREFLIGHT_CODES,
  ...CHECK_CODES,
  ...MANIFEST_CODES,
  ...INIT_CODES,
  ...OUTPUT_CODES,
  ...GENERAL_CODES,
} as const

export type Code = keyof typeof CODES

/** Where problems are documented. A path in the repository until the documentation has a site of its own. */
const DOCUMENTATION = 'docs/errors.md'

/** The reason of a run that ends for this problem. */
export function reasonOf(code: Code): Reason {
  return CODES[code]
}

/** The page and the anchor that explain a code, such as `docs/errors.md#its-locked`. */
export function documentationOf(code: Code): string {
  return `${DOCUMENTATION}#${code.toLowerCase()}`
}
