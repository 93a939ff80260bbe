import type { ProbeInputs } from '../../evidence/probe/probe-inputs.ts'
import { option, PROBING } from '../option.ts'
import { anyText, booleanOr } from '../parsers.ts'
import type { Reader } from '../reader.ts'

const TLS = option<'auto' | boolean>({
  name: 'probe-tls',
  type: 'auto, true or false',
  placeholder: 'auto|true|false',
  default: 'auto',
  text: "Whether samples use TLS. auto: if the gateway's server or the rule needs it.",
  modes: PROBING,
  parse: booleanOr('auto'),
})

const CA = option({
  name: 'probe-ca',
  type: 'PEM or path',
  placeholder: 'FILE',
  brief: 'The certificates to trust. Default: those of Node and of the system.',
  text: "The certificates to trust in place of the usual ones. Default: those of Node, and with Node 22.15 and later also the system's.",
  modes: PROBING,
  shape: { text: true, path: 'file' },
  parse: anyText,
})

const CERT = option({
  name: 'probe-cert',
  type: 'PEM or path',
  placeholder: 'FILE',
  text: 'The certificate of the client, with its chain, for a server that requires one.',
  modes: PROBING,
  shape: { text: true, path: 'file' },
  parse: anyText,
})

const KEY = option({
  name: 'probe-key',
  type: 'PEM or path',
  placeholder: 'FILE',
  text: 'The private key of probe-cert.',
  modes: PROBING,
  shape: { text: true, path: 'file' },
  parse: anyText,
})

const INSECURE = option<boolean>({
  name: 'probe-insecure',
  type: 'true or false',
  placeholder: 'true|false',
  default: 'false',
  text: 'Whether to accept any certificate of the server. The run warns about it.',
  modes: PROBING,
  parse: booleanOr<never>(),
})

/** How samples use TLS. */
export const TLS_OPTIONS = [TLS, CA, CERT, KEY, INSECURE]
const WITH_TLS = [CA, CERT, KEY, INSECURE]

export function readTls(reader: Reader): Pick<ProbeInputs, 'tls' | 'pem' | 'insecure'> {
  const tls = reader.withDefault(TLS)
  if (reader.given(KEY) !== undefined && reader.given(CERT) === undefined)
    reader.refuse(
      'probe-cert',
      'ITS-INPUT-REQUIRED',
      () => 'probe-cert is required with probe-key.',
    )
  if (reader.given(CERT) !== undefined && reader.given(KEY) === undefined)
    reader.refuse('probe-key', 'ITS-INPUT-REQUIRED', () => 'probe-key is required with probe-cert.')
  if (tls === false)
    for (const { name } of WITH_TLS.filter(reader.isSet))
      reader.refuse(
        name,
        'ITS-INPUTS-CONFLICT',
        () => `${name} cannot be combined with probe-tls: false.`,
      )
  const [ca, cert, key] = [reader.optional(CA), reader.optional(CERT), reader.optional(KEY)]
  return {
    tls,
    pem: {
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
    },
    insecure: reader.withDefault(INSECURE),
  }
}
