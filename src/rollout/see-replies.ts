import { shellQuoted } from '../mesh/finding.ts'
import { parseCommandLine } from '../options/command-line.ts'
import type { Endpoint, Probe } from '../options/options.ts'

/** The command that shows what one connection of the probe gets, ready to paste into a POSIX shell. */
export function seeReplies(probe: Probe, { host, port }: Endpoint): string {
  if (probe.kind === 'command') {
    const words = parseCommandLine(probe.commandLine) ?? []
    return `PROBE_HOST=${shellQuoted(host)} PROBE_PORT=${port} ${words.map(shellQuoted).join(' ')}`
  }
  const look = `nc -w 2 ${shellQuoted(host)} ${port}`
  if (probe.payload.length === 0) return `${look} </dev/null`
  return `printf ${shellQuoted(printfFormat(probe.payload))} | ${look}`
}

/** The bytes as printf of a POSIX shell writes them: what is no plain text is octal, which every shell's knows. */
function printfFormat(bytes: Uint8Array): string {
  return [...bytes]
    .map((byte, index) => {
      const character = String.fromCharCode(byte)
      if (character === '\n') return '\\n'
      if (character === '%') return '%%'
      // A dash at its beginning would be an option.
      const plain = index === 0 ? /[ -,.-~]/ : /[ -~]/
      if (plain.test(character) && !/[\\']/.test(character)) return character
      return `\\${byte.toString(8).padStart(3, '0')}`
    })
    .join('')
}
