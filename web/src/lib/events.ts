// Server-sent events, read by fetch: an EventSource can't send the token of the person.

export interface ServerEvent {
  id: string;
  data: string;
}

/** Return the events of a text that is whole, and what is left of it for the next piece. */
export function eventsIn(text: string): { events: ServerEvent[]; rest: string } {
  const blocks = text.replace(/\r\n?/g, "\n").split("\n\n");
  const rest = blocks.pop() ?? "";
  return { events: blocks.map(eventOf).filter((each) => each.data !== ""), rest };
}

function eventOf(block: string): ServerEvent {
  const event = { id: "", data: "" };
  const lines: string[] = [];
  for (const line of block.split("\n")) {
    const [, field, value] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    if (field === "id") event.id = value ?? "";
    if (field === "data") lines.push(value ?? "");
  }
  return { ...event, data: lines.join("\n") };
}

/** Read a stream to its end. Each piece is a sign of life, also one without an event. */
export async function readEvents(body: ReadableStream<Uint8Array>, seen: (event: ServerEvent) => void, alive: () => void): Promise<void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    alive();
    const found = eventsIn(text + decoder.decode(value, { stream: true }));
    text = found.rest;
    found.events.forEach(seen);
  }
}
