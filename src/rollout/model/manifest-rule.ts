import type { RouteObject } from '../../routes/route-object.ts'
import type { Rule } from '../../routes/rule.ts'

/** The rule of a manifest that `verify` checks: what the controller is to roll out. */
export type ManifestRule = { path: string; object: RouteObject; rule: Rule }
