import { parseCommandLine } from '../evidence/probe/command/command-line.ts'
import type { Expectation } from '../evidence/probe/match-replies.ts'
import { PROBE_KINDS, type ProbeSettings } from '../evidence/probe/probes.ts'
import { compile } from '../expression/compile.ts'
import { parseMapping } from './parse/mapping.ts'
import { parsePayload } from './parse/payload.ts'
import { defaultOf, type Reader } from './reader.ts'

/** Which replies come from which destination; needed in runs that open connections. */
export function readExpect(reader: Reader, probing: boolean): Expectation[] {
  const text = reader.given('expect')
  const wants =
    'a YAML mapping of every destination to a regular expression, such as {v1: "^one", v2: "^two"}'
  if (text === undefined) {
    if (probing) reader.wrong('expect', undefined, wants)
    return []
  }
  const mapping = parseMapping(text)
  if ('why' in mapping) {
    reader.wrong('expect', text, `${wants} (${mapping.why})`)
    return []
  }
  const expectations: Expectation[] = []
  const firstWith = new Map<string, string>()
  for (const [destination, source] of mapping) {
    const twin = firstWith.get(source)
    if (twin !== undefined) {
      reader.wrong(
        `expect.${destination}`,
        source,
        `an expression of its own; ${twin} has the same, so no reply could be told apart`,
      )
    }
    firstWith.set(source, destination)
    const pattern = readExpression(reader, `expect.${destination}`, source)
    if (pattern !== undefined) expectations.push({ destination, pattern })
  }
  return expectations
}

/** A regular expression that can be matched in linear time; undefined where what is wrong was noted. */
function readExpression(reader: Reader, input: string, source: string): RegExp | undefined {
  let pattern: RegExp
  try {
    pattern = new RegExp(source)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    reader.wrong(input, source, `a regular expression that compiles (${why})`)
    return undefined
  }
  const compiled = compile(source)
  if (compiled.ok) return pattern
  reader.wrong(
    input,
    source,
    `a regular expression that is matched in linear time, so that no reply can stop the run: ${compiled.why}`,
  )
  return undefined
}

/** How a connection is made. */
export function readProbe(reader: Reader, probing: boolean): ProbeSettings {
  const kind = reader.oneOf('probe', PROBE_KINDS)
  const replyUntil = reader.oneOf('reply-until', ['newline', 'match', 'close', 'half-close'])
  const commandLine = reader.given('probe-command')
  if (kind === 'command') {
    if (commandLine !== undefined) checkCommand(reader, commandLine)
    else if (probing)
      reader.wrong('probe-command', undefined, 'a command line, because probe is command')
    return { kind: 'command', commandLine: commandLine ?? '' }
  }
  if (commandLine !== undefined)
    reader.wrong('probe-command', commandLine, 'probe: command beside it')
  // The payload is not trimmed and may be empty: blanks are bytes like others.
  const text = reader.raw('payload') ?? defaultOf('payload')
  const payload = parsePayload(text)
  if ('bad' in payload) {
    reader.wrong(
      'payload',
      text,
      `no other escapes than \\n \\r \\t \\xNN \\\\ (${payload.bad} is not one)`,
    )
    return { kind: 'tcp', payload: new Uint8Array(), replyUntil }
  }
  return { kind: 'tcp', payload: payload.bytes, replyUntil }
}

const QUOTED = /'[^']*'|"(?:[^"\\]|\\.)*"/gs
const OPERATOR = /(?<=\s)(?:\|\|?|&&)(?=\s|$)/
const VARIABLE = /\$\{?PROBE_(?:HOST|PORT)\b\}?/

/** What a shell would have made something of; what stands in quotes, as a delimiter may, is left to the command. */
function meantForShell(commandLine: string): string | undefined {
  const bare = commandLine.replace(QUOTED, "''")
  // A shell looks into double quotes for variables, not into single ones.
  const expanded = commandLine.replace(QUOTED, (piece) => (piece.startsWith("'") ? "''" : piece))
  return (OPERATOR.exec(bare) ?? VARIABLE.exec(expanded))?.[0]
}

function checkCommand(reader: Reader, commandLine: string): void {
  const words = parseCommandLine(commandLine)
  if (words === undefined) {
    reader.wrong('probe-command', commandLine, 'a command line whose quotes are closed')
    return
  }
  const found = meantForShell(commandLine)
  if (found === undefined || words.some((word) => /sh$/.test(word))) return
  reader.wrong(
    'probe-command',
    commandLine,
    `sh -c '...' around it: no shell runs it, so ${found} would be a word like any other`,
  )
}
