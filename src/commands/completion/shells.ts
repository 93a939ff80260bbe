/** What has a completion script: shells, and kubectl, which asks a program for the words of its plugin. */
export const SHELLS = ['bash', 'zsh', 'fish', 'kubectl'] as const
export type Shell = (typeof SHELLS)[number]
