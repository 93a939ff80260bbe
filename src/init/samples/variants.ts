import type { ConnectionOutcome } from '../../evidence/probe/connection-outcome.ts'
import type { RawOptions } from '../../options/reader.ts'
import { kindOf } from '../../routes/kinds.ts'
import type { ProbeRequest, Unmet } from '../../routes/probe-request.ts'
import type { Candidate } from '../find/candidate.ts'
import type { Inputs } from './run-context.ts'

/** Whether a sample got a whole reply. */
export function hasReply(outcome: ConnectionOutcome): boolean {
  return outcome.kind === 'reply'
}

const INSECURE = { 'probe-insecure': 'true' }

/** What must not be sent to a server whose certificate is not trusted, or decides about its certificate. */
const ABOUT_TRUST = ['probe-ca', 'probe-insecure', 'probe-headers', 'probe-cert', 'probe-tls']

/**
 * What samples may have to be sent so that the rule gets them and a server answers, the most likely first. What was given is
 * not varied. Certificates are verified first.
 *
 * @param request what is sent without any of it
 */
export function variantsOf(
  { object, rule }: Candidate,
  raw: RawOptions,
  { request, usesTls }: { request: ProbeRequest | undefined; usesTls: boolean },
): Inputs[] {
  const isGiven = (name: string) => raw(name) !== undefined
  const unmet = request === undefined ? [] : kindOf(object).unmetConditions(rule, request)
  const met = Object.entries(inputsFor(unmet)).filter(([name]) => !isGiven(name))
  const trusted = variants(rule.protocol, isGiven, Object.fromEntries(met))
  return usesTls && !ABOUT_TRUST.some(isGiven)
    ? [...trusted, ...trusted.map((one) => ({ ...one, ...INSECURE }))]
    : trusted
}

function variants(
  protocol: Candidate['rule']['protocol'],
  isGiven: (name: string) => boolean,
  request: Inputs,
): Inputs[] {
  if (protocol === 'http' || protocol === 'grpc') return [request]
  if (['probe', 'payload', 'reply-until', 'probe-command'].some(isGiven)) return [{}]
  if (protocol === 'tls') return [{ probe: 'http' }, {}]
  return [{}, { payload: '' }, { 'reply-until': 'close' }, { 'reply-until': 'half-close' }]
}

/** Inputs with which a request meets conditions that are simple to meet. */
function inputsFor(unmet: readonly Unmet[]): Inputs {
  const example = (part: Unmet['part']) => unmet.find((one) => one.part === part)?.example
  const [path, method] = [example('path'), example('method')]
  const pairs = (part: Unmet['part']) =>
    unmet.flatMap(({ part: own, name, example }) =>
      own === part && name !== undefined && example !== undefined ? [{ name, example }] : [],
    )
  const query = pairs('query').map(({ name, example }) => `${name}=${encodeURIComponent(example)}`)
  const headers = pairs('header').map(({ name, example }) => `${name}: ${JSON.stringify(example)}`)
  return {
    ...((path !== undefined || query.length > 0) && {
      'probe-path': [path ?? '/', ...(query.length > 0 ? [query.join('&')] : [])].join('?'),
    }),
    ...(method !== undefined && { 'probe-method': method }),
    ...(headers.length > 0 && { 'probe-headers': `{${headers.join(', ')}}` }),
  }
}
