import type { Code } from '../../problem/codes.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import type { Rule } from '../../routes/rule.ts'
import type { WrittenDestinations } from '../../routes/written-destinations.ts'

/** Why the previous weights are not restored although the API server would accept them. `what` is a sentence. */
export type Obstacle = { code: Code; what: string }

/** Finds what speaks against a restore; undefined: nothing. */
export type FindObstacle = (
  object: RouteObject,
  rule: Rule,
  original: WrittenDestinations,
) => Promise<Obstacle | undefined>

/** What was restored. */
export type Back = {
  /** A step that the run confirmed, and not what was there before it. */
  isStep: boolean
  /** The weights were in force already. Only the journal, and stamps, were to be removed. */
  wasThere: boolean
}

/** What a restore found and did. `found`: the object before the step that ended it, where there was one. */
export type Restored =
  | { kind: 'restored'; object: RouteObject; found?: RouteObject; back: Back }
  | { kind: 'journal-removed'; object: RouteObject; found?: RouteObject }
  /** unfenced: the API server refused the fence, so a write that is still on its way may be stored. */
  | { kind: 'nothing-of-ours'; object: RouteObject; found?: RouteObject; unfenced?: true }
  /** Another client changed the rule. Only the journal was removed. */
  | { kind: 'changed-by-other'; object: RouteObject; found?: RouteObject }
  /** Deleted, or deleted and recreated as `object`, which is never written. */
  | { kind: 'gone'; object?: RouteObject | undefined }
  /** The journal is on `object`, unless it could not be written again, which the obstacle then says. */
  | { kind: 'blocked'; object: RouteObject; obstacle: Obstacle }
