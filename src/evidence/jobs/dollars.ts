/**
 * A text as an argument of a container. Kubernetes replaces `$(NAME)` in arguments and takes `$$` for `$`, so every `$` is
 * doubled. Source: kubernetes, third_party/forked/golang/expansion.
 */
export function withDollarsDoubled(text: string): string {
  return text.replaceAll('$', '$$$$')
}
