import type { Problem } from '../problem/problem.ts'
import type { Result } from '../problem/result.ts'
import type { RouteObject } from '../routes/route-object.ts'
import type { Rule } from '../routes/rule.ts'
import type { WrittenDestinations } from '../routes/written-destinations.ts'

/** A route object in a file, and the ways to read and edit its weights there. */
export type OpenManifest = {
  object: RouteObject
  /** Why the weights of a rule do not mean in the file what a cluster would read; undefined where they do. */
  unclear: (rule: Rule) => Problem | undefined
  /** The file's text with other destinations in a rule. */
  edit: (rule: Rule, after: WrittenDestinations) => Result<string>
}
