import { parseCommandLine } from '../../evidence/probe/command/command-line.ts'
import {
  PROBE_NAMES,
  type ProbeInputs,
  type ProbeName,
  unusedInputs,
} from '../../evidence/probe/probe-inputs.ts'
import type { ReplyUntil } from '../../evidence/probe/reply-reader.ts'
import { type Given, type Option, option, PROBING } from '../option.ts'
import { parsePayload } from '../parse/payload.ts'
import { alternatives, oneOf } from '../parsers.ts'
import type { Reader } from '../reader.ts'
import { readTls, TLS_OPTIONS } from './probe-tls.ts'
import { REQUEST_OPTIONS, readRequest } from './request.ts'

const PROBE = option<ProbeName>({
  name: 'probe',
  type: 'tcp, http, grpc or command',
  placeholder: 'tcp|http|grpc|command',
  text: 'How each sample is taken: a connection, a request, or a run of probe-command. Default: http or grpc for rules of that kind, else tcp.',
  modes: PROBING,
  parse: oneOf(...PROBE_NAMES),
})

const PROBE_COMMAND = option({
  name: 'probe-command',
  type: 'command line',
  placeholder: 'COMMAND',
  brief:
    'For --probe command. Runs once per connection, without a shell, with PROBE_HOST and PROBE_PORT set.',
  text: "Only with probe: command. The command runs once per connection, with PROBE_HOST and PROBE_PORT set. The reply is its standard output without the final line break. No shell runs it; for shell syntax write sh -c '...'.",
  modes: PROBING,
  parse: readCommand,
})

const PAYLOAD = option<Uint8Array>({
  name: 'payload',
  type: 'text with \\n \\r \\t \\xNN \\\\ escapes',
  placeholder: 'TEXT',
  default: 'hello\\n',
  text: 'What each connection of probe: tcp sends. Empty: the server speaks first.',
  modes: PROBING,
  emptyCounts: true,
  parse: readPayload,
})

const REPLY_UNTIL = option<ReplyUntil>({
  name: 'reply-until',
  type: 'newline, match, close or half-close',
  placeholder: 'newline|match|close|half-close',
  default: 'newline',
  brief:
    'When a reply is complete: at its first line feed, as soon as one expectation matches, or when the server closes.',
  text: 'When a reply is complete. newline: at its first line feed. match: as soon as exactly one expectation matches. close: when the server closes the connection. half-close: like close, but this side first closes its half of the connection after the payload, for servers that answer only then. In any case, a reply is complete at 64 KiB and at the end of the stream.',
  modes: PROBING,
  parse: oneOf('newline', 'match', 'close', 'half-close'),
})

/** How one sample is taken. */
export const SAMPLE_OPTIONS: readonly Option[] = [
  PROBE,
  PROBE_COMMAND,
  PAYLOAD,
  REPLY_UNTIL,
  ...REQUEST_OPTIONS,
  ...TLS_OPTIONS,
]

/** `probing`: the run opens connections. */
export function readSampleOptions(reader: Reader, probing: boolean): ProbeInputs {
  const kind = reader.optional(PROBE)
  const commandLine = reader.optional(PROBE_COMMAND)
  if (probing && kind === 'command' && reader.given(PROBE_COMMAND) === undefined)
    reader.refuse(
      'probe-command',
      'ITS-INPUT-REQUIRED',
      () => 'probe-command is required with probe: command.',
    )
  const given = SAMPLE_OPTIONS.filter(
    (option) => reader.isSet(option) && !isEmptyPayload(reader, option),
  ).map(({ name }) => name)
  if (reader.given(PROBE) === undefined || kind !== undefined) refuseUnused(reader, kind, given)
  return {
    kind,
    commandLine: commandLine ?? '',
    payload: reader.withDefault(PAYLOAD),
    replyUntil: reader.withDefault(REPLY_UNTIL),
    ...readRequest(reader),
    ...readTls(reader),
    given,
  }
}

/** Nothing to send suits every probe. */
function isEmptyPayload(reader: Reader, option: Option): boolean {
  return option === PAYLOAD && reader.given(option) === ''
}

/** Where the rule decides about the probe, a command is the only one that it never chooses. */
function refuseUnused(reader: Reader, kind: ProbeName | undefined, given: readonly string[]): void {
  const inputs = kind === undefined ? given.filter((name) => name === PROBE_COMMAND.name) : given
  for (const { input, usedWith } of unusedInputs(kind ?? 'tcp', inputs))
    reader.refuse(
      input,
      'ITS-INPUTS-CONFLICT',
      () =>
        `${input} is only used with probe: ${alternatives(usedWith)}. ${kind === undefined ? `Add it, or remove ${input}` : `Remove ${input}, or change probe`}.`,
    )
}

function readPayload({ text, refuse }: Given): Uint8Array | undefined {
  // Not trimmed: blanks are sent like other bytes.
  const payload = parsePayload(text)
  if ('bytes' in payload) return payload.bytes
  return refuse(
    'ITS-PAYLOAD-INVALID',
    (shown) =>
      `payload: ${shown(text)} has the escape ${payload.bad}, which does not exist. Use \\n, \\r, \\t, \\xNN or \\\\.`,
  )
}

const QUOTED = /'[^']*'|"(?:[^"\\]|\\.)*"/gs
const OPERATOR = /(?<=\s)(?:\|\|?|&&)(?=\s|$)/
const VARIABLE = /\$\{?PROBE_(?:HOST|PORT)\b\}?/

/** Shell syntax in a command line. What is in quotes, as a delimiter may be, is left to the command. */
function shellSyntaxIn(commandLine: string): string | undefined {
  const bare = commandLine.replace(QUOTED, "''")
  // A shell expands variables in double quotes, not in single quotes.
  const expanded = commandLine.replace(QUOTED, (piece) => (piece.startsWith("'") ? "''" : piece))
  return (OPERATOR.exec(bare) ?? VARIABLE.exec(expanded))?.[0]
}

function readCommand({ text, mustBe, refuse }: Given): string | undefined {
  const words = parseCommandLine(text)
  if (words === undefined)
    return mustBe('a command line in which every quote is closed', 'ITS-PROBE-COMMAND-INVALID')
  const syntax = shellSyntaxIn(text)
  if (syntax === undefined || words.some((word) => /sh$/.test(word))) return text
  return refuse(
    'ITS-PROBE-COMMAND-NEEDS-SHELL',
    (shown) =>
      `probe-command: ${shown(text)} is not run by a shell, so ${syntax} has no special meaning. Write sh -c '...' around it.`,
  )
}
