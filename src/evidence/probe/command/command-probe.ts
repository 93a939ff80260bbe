import { shellQuoted } from '../../../problem/shell-quoted.ts'
import { durationText } from '../../duration-text.ts'
import type { ProbeFailure, ProbeKind } from '../probe.ts'
import { commandDial } from './command-dial.ts'
import { parseCommandLine } from './command-line.ts'

export type CommandProbeSettings = { kind: 'command'; commandLine: string }

/** Runs a command for each connection. Its standard output is the reply. */
export const commandProbe: ProbeKind<CommandProbeSettings> = {
  kind: 'command',
  withSettings: ({ commandLine }) => ({
    takesAddressesInTurn: false,
    failsAnywhere: true,
    open: ({ endpoint, timeoutMs, environment }) =>
      commandDial({ commandLine, endpoint, timeoutMs, environment }),
    hint: commandHint,
    manualCommand({ host, port }) {
      const words = (parseCommandLine(commandLine) ?? []).map(quotedWord)
      return `PROBE_HOST=${shellQuoted(host)} PROBE_PORT=${port} ${words.join(' ')}`
    },
  }),
}

/** A word that a shell would leave as it is has no quotes, so that a secret of several words can be masked. */
function quotedWord(word: string): string {
  return /^[\w./:,@+-]+$/.test(word) ? word : shellQuoted(word)
}

function commandHint({ why, timeoutMs }: ProbeFailure): string {
  switch (why) {
    case 'closed':
      return 'probe-command wrote nothing to its standard output. '
    case 'timeout':
      return `probe-command did not end within probe-timeout (${durationText(timeoutMs)}). If it needs longer, raise probe-timeout. `
    case 'truncated reply':
      return 'No expression matches the first 64 KiB that probe-command wrote. The rest is not read. Correct expect, or let probe-command write less. '
    default:
      return ''
  }
}
