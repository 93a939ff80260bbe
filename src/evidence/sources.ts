import type { EvidenceSource, SourceKind } from './evidence-source.ts'
import { replySource } from './probe/probe-source.ts'
import { countersSource } from './proxies/counters-source.ts'

/** Where samples can come from. A new source is a file and a line here. */
export const SOURCES: readonly SourceKind[] = [replySource, countersSource]

/** The source that these settings are for. */
export function sourceOf<S extends { evidence: string }>(
  settings: S,
  sources: readonly SourceKind[] = SOURCES,
): EvidenceSource {
  const found = sources.find(({ evidence }) => evidence === settings.evidence)
  if (found === undefined)
    throw new RangeError(`"${settings.evidence}" is not a source of evidence`)
  return found.open(settings)
}
