import type { Command } from './command.ts'

export const COMPLETION: Command = {
  name: 'completion',
  summary: 'Print the completion script for a shell or for kubectl.',
  more: 'It completes modes, options, values, and names in the cluster. The script for kubectl completes the plugin.',
  usage: 'bash|zsh|fish|kubectl',
  example: ['source <(istio-traffic-shift completion bash)'],
  options: [],
  flags: [],
  takesWords: true,
  words: ['bash', 'zsh', 'fish', 'kubectl'],
  run: async (call) => (await import('./completion/print-script.ts')).printScript(call),
}
