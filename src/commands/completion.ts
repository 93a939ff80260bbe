import type { Command } from './command.ts'
import { SHELLS } from './completion/shells.ts'

export const COMPLETION: Command = {
  name: 'completion',
  summary: 'Print the completion script for a shell or for kubectl.',
  more: 'It completes modes, options, values, and names in the cluster. The script for kubectl completes the plugin.',
  usage: SHELLS.join('|'),
  example: ['source <(istio-traffic-shift completion bash)'],
  options: [],
  flags: [],
  takesWords: true,
  words: SHELLS,
  run: async (call) => (await import('./completion/print-script.ts')).printScript(call),
}
