import type { Command } from './command.ts'

export const COMPLETION: Command = {
  name: 'completion',
  summary: 'Print the completion script for a shell.',
  more: 'It completes modes, options, values, and names in the cluster.',
  usage: 'bash|zsh|fish',
  example: ['source <(istio-traffic-shift completion bash)'],
  options: [],
  flags: [],
  takesWords: true,
  words: ['bash', 'zsh', 'fish'],
  run: async (call) => (await import('./completion/print-script.ts')).printScript(call),
}
