import type { ProbeSettings } from '../probe/probes.ts'
import type { TlsSettings } from '../probe/tls/tls-settings.ts'
import type { PlannedProbe, PlannedTls, PlanSecrets } from './probe-plan.ts'

/** The probe of a plan, with what the Pod got through its Secret. */
export function probeOfPlan(probe: PlannedProbe, secrets: PlanSecrets | undefined): ProbeSettings {
  if (probe.kind === 'command') return probe
  const tls = tlsOf(probe.tls, secrets?.client)
  if (probe.kind === 'tcp') {
    const payload = Buffer.from(secrets?.payload ?? probe.payload ?? '', 'base64')
    return { kind: 'tcp', payload, replyUntil: probe.replyUntil, tls }
  }
  return { ...probe, headers: [...probe.headers, ...(secrets?.headers ?? [])], tls }
}

function tlsOf(
  planned: PlannedTls | undefined,
  client: PlanSecrets['client'],
): TlsSettings | undefined {
  if (planned === undefined) return undefined
  const { serverName, ca, insecure } = planned
  return { serverName, ca, client, insecure }
}
