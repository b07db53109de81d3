type Listener = (signal: NodeJS.Signals) => void;

const listeners = new Map<NodeJS.Signals, Set<Listener>>();

/**
 * Hears of a signal to this process until the returned function is called. However many listen, the process has one
 * listener for each signal: Node warns of a leak at the eleventh.
 */
export function onSignal(signal: NodeJS.Signals, listener: Listener): () => void {
  const heard = listeners.get(signal) ?? new Set();
  listeners.set(signal, heard);
  if (heard.size === 0) process.on(signal, tellAll);
  // The same function may be given twice.
  const own: Listener = (sent) => listener(sent);
  heard.add(own);
  return () => {
    if (heard.delete(own) && heard.size === 0) process.off(signal, tellAll);
  };
}

const tellAll: Listener = (signal) => {
  for (const listener of [...(listeners.get(signal) ?? [])]) listener(signal);
};
