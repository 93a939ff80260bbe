import type {
  PlannedProbe,
  PlannedRecognition,
  PlannedTls,
  PlanSecrets,
} from '../../../evidence/jobs/probe-plan.ts'
import type { Recognition } from '../../../evidence/probe/classify.ts'
import { isSecretHeader, secretValues } from '../../../evidence/probe/http/secret-headers.ts'
import type { ProbeSettings } from '../../../evidence/probe/probes.ts'
import type { TlsSettings } from '../../../evidence/probe/tls/tls-settings.ts'

/** The part of a plan that is the same for all Jobs of a run. `secrets`: what no Pod spec may have; undefined: nothing. */
export type PlannedSamples = {
  probe: PlannedProbe
  recognition: PlannedRecognition
  secrets: PlanSecrets | undefined
}

/** How a Pod takes samples, from how this process would. `isPayloadGiven`: it is not the default. */
export function plannedSamples(
  settings: ProbeSettings,
  recognition: Recognition,
  isPayloadGiven: boolean,
): PlannedSamples {
  return {
    probe: plannedProbe(settings, isPayloadGiven),
    recognition: plannedRecognition(recognition),
    secrets: secretsOf(settings, isPayloadGiven),
  }
}

function plannedProbe(settings: ProbeSettings, isPayloadGiven: boolean): PlannedProbe {
  switch (settings.kind) {
    case 'command':
      return settings
    case 'tcp': {
      const { kind, replyUntil, payload } = settings
      const open = isPayloadGiven ? {} : { payload: base64(payload) }
      return { kind, replyUntil, ...open, ...plannedTls(settings.tls) }
    }
    case 'http':
    case 'grpc': {
      const { tls, headers, ...rest } = settings
      const open = headers.filter(([name]) => !isSecretHeader(name))
      return { ...rest, headers: open, ...plannedTls(tls) }
    }
  }
}

function plannedTls(tls: TlsSettings | undefined): { tls?: PlannedTls } {
  if (tls === undefined) return {}
  const { serverName, ca, insecure } = tls
  return {
    tls: { insecure, ...(serverName !== undefined && { serverName }), ...(ca && { ca }) },
  }
}

function plannedRecognition({
  expect,
  errors,
  attributesCut,
  stamps,
}: Recognition): PlannedRecognition {
  return {
    expect,
    ...(errors && { errors }),
    ...(attributesCut !== undefined && { attributesCut }),
    ...(stamps && { stampHeader: stamps.header }),
  }
}

function secretsOf(settings: ProbeSettings, isPayloadGiven: boolean): PlanSecrets | undefined {
  if (settings.kind === 'command') return undefined
  const payload =
    settings.kind === 'tcp' && isPayloadGiven ? { payload: base64(settings.payload) } : {}
  const sent = settings.kind === 'tcp' ? [] : settings.headers
  const hidden = sent.filter(([name]) => isSecretHeader(name))
  const client = settings.tls?.client
  const secrets = {
    ...payload,
    ...(hidden.length > 0 && { headers: hidden }),
    ...(client && { client }),
  }
  if (Object.keys(secrets).length === 0) return undefined
  return { ...secrets, redact: secretValues(hidden) }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}
