import type { ClusterFlags } from '../kube/kubectl.ts'
import type { Code } from '../problem/codes.ts'
import { isKnownKind } from '../routes/kinds.ts'
import type { RouteObject } from '../routes/route-object.ts'
import { JOURNAL } from './journal.ts'
import { removeJournalCommand, showCommand } from './manual-command.ts'
import type { FoundJournal } from './read-journal.ts'
import { ruleNow, writesIn } from './rule-now.ts'
import { restoredWords, wayBack, weightsNow, weightsRestored } from './way-back.ts'

/** A journal that must not be acted on. */
export type UnusableJournal = Exclude<FoundJournal, { kind: 'none' | 'found' }>

/** Why the journal is not acted on, and the weights that it records, where they can be read. */
export function unusableText(object: RouteObject, found: UnusableJournal): string {
  const name = `${object.namespace}/${object.name}`
  switch (found.kind) {
    case 'unreadable':
      return `${name} carries a journal that cannot be read (annotation ${JOURNAL}).`
    case 'newer':
      return `${name} carries a journal of version ${found.version} (annotation ${JOURNAL}), written by a newer version of this tool.`
    case 'other-kind': {
      const begin = `${name} carries a journal for a ${shownKind(found.recorded)} (annotation ${JOURNAL}), but is a ${object.kind}.`
      return isKnownKind(found.recorded)
        ? `${begin} Another client edited the journal.`
        : `${begin} This version of the tool does not shift that kind: a newer version wrote the journal, or another client edited it.`
    }
    case 'foreign': {
      const writes = writesIn(found.journal)
      const now = weightsNow(object, writes)
      return `${name} carries the journal of another object, from which it was copied (annotation ${JOURNAL}, uid ${found.journal.uid}). That journal records ${weightsRestored(writes)} as ${restoredWords(writes)}. ${now ? `The rule has ${now} now` : 'Its rule is not on this object'}.`
    }
  }
}

/** The code of the problem. */
export function unusableCode({ kind }: UnusableJournal): Code {
  return CODES_OF[kind]
}

const CODES_OF: Readonly<Record<UnusableJournal['kind'], Code>> = {
  newer: 'ITS-JOURNAL-NEWER',
  'other-kind': 'ITS-JOURNAL-OF-ANOTHER-KIND',
  foreign: 'ITS-JOURNAL-OF-ANOTHER-OBJECT',
  unreadable: 'ITS-JOURNAL-UNREADABLE',
}

const LONGEST_KIND = 60

/** Everyone who may edit the object can write the kind. */
function shownKind(kind: string): string {
  const short = kind.length > LONGEST_KIND ? `${kind.slice(0, LONGEST_KIND)}...` : kind
  return /^[A-Za-z]+$/.test(short) ? short : JSON.stringify(short)
}

/** What to do about it. */
export function unusableRemedy(
  cluster: ClusterFlags,
  object: RouteObject,
  found: UnusableJournal,
): string {
  const remove = `  ${showCommand(cluster, object)}\n  ${removeJournalCommand(cluster, object)}`
  if (found.kind === 'newer' || found.kind === 'other-kind')
    return `Use the version of this tool that wrote it. If no run of that version is in progress, check the weights and remove the annotation:\n${remove}`
  const advice = `Check the weights, then remove the annotation:\n${remove}`
  if (found.kind !== 'foreign') return advice
  const writes = writesIn(found.journal)
  return ruleNow(object, writes).keepsWeights
    ? `${wayBack(cluster, object, writes)}\nTo keep the weights, remove the annotation:\n${remove}`
    : advice
}
