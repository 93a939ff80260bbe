import type { RouteObject } from '../mesh/route-object.ts'
import { type FoundJournal, JOURNAL } from './journal.ts'
import { showCommand, unmarkCommand } from './restore-command.ts'

/** A journal that is there and must not be acted on. */
export type UnusableJournal = Exclude<FoundJournal, { kind: 'none' | 'found' }>

/** Why the journal is not acted on, in a sentence. */
export function unusableText(object: RouteObject, found: UnusableJournal): string {
  const name = `${object.namespace}/${object.name}`
  switch (found.kind) {
    case 'unreadable':
      return `${name} carries a journal that cannot be read (annotation ${JOURNAL}).`
    case 'newer':
      return `${name} carries a journal of version ${found.version} (annotation ${JOURNAL}), written by a newer version of this tool.`
    case 'foreign':
      return `${name} carries the journal of another object, from which it was copied (annotation ${JOURNAL}, uid ${found.journal.uid}).`
  }
}

/** What to do about it. */
export function unusableMend(
  context: string | undefined,
  object: RouteObject,
  found: UnusableJournal,
): string {
  const remove = `  ${showCommand(context, object)}\n  ${unmarkCommand(context, object)}`
  return found.kind === 'newer'
    ? `Use the version of this tool that wrote it. If no run of that version is in progress, check the weights and remove the annotation:\n${remove}`
    : `Check the weights, then remove the annotation:\n${remove}`
}
