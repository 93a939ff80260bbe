/**
 * Replaces `$(NAME)` in a command or an argument of a container, as a kubelet does: `$$` is a dollar sign, and a name
 * that is not in the environment stays. Source: k8s.io/kubernetes, third_party/forked/golang/expansion.
 */
export function expanded(text: string, environment: Readonly<Record<string, string>>): string {
  return text.replace(/\$(?:\$|\(([^)]*)\))/g, (found, name: string | undefined) =>
    name === undefined ? '$' : (environment[name] ?? found),
  )
}
