// Written with the package @anthropic-ai/sdk.
import Anthropic from '@anthropic-ai/sdk';
import { CALL, FERRY, PICTURE, SIGNATURE, WEATHER, ferry, serve, weatherIn } from './lines.mjs';

const user = (content) => ({ role: 'user', content });

const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PICTURE } };

const weather = { name: 'weather', input_schema: WEATHER };

async function answer(client, request, stream, seen) {
  const asked = { max_tokens: 1000, ...request };
  if (!stream) {
    return { message: await client.messages.create(asked), pieces: 1 };
  }
  let pieces = 0;
  const run = client.messages.stream(asked);
  run.on('streamEvent', (event) => {
    if (event.type === 'content_block_delta') {
      pieces++;
      seen.add(event.delta.text ?? '');
    }
  });
  const message = await run.finalMessage();
  return { message, pieces };
}

function outcome({ message, pieces }) {
  const { usage } = message;
  return {
    text: message.content.filter((block) => block.type === 'text').map((block) => block.text).join(''),
    calls: message.content
      .filter((block) => block.type === 'tool_use')
      .map((block) => ({ id: block.id, name: block.name, arguments: JSON.stringify(block.input) })),
    finish: message.stop_reason,
    pieces,
    prompt: usage.input_tokens + (usage.cache_read_input_tokens ?? 0),
    completion: usage.output_tokens,
    model: message.model,
  };
}

async function tools(client, model, text, stream, seen) {
  const request = {
    model,
    messages: [user(text)],
    tools: [weather],
  };
  const first = await answer(client, request, stream, seen);
  const called = outcome(first);
  const results = called.calls.map((call) => ({
    type: 'tool_result',
    tool_use_id: call.id,
    content: weatherIn(JSON.parse(call.arguments).city),
  }));
  request.messages.push({ role: 'assistant', content: first.message.content }, user(results));
  const last = outcome(await answer(client, request, stream, seen));
  return { ...last, calls: called.calls, finish: called.finish, pieces: called.pieces };
}

async function play(client, act, model, text, seen) {
  switch (act) {
    case 'ASK':
      return outcome(await answer(client, { model, messages: [user(text)] }, false, seen));
    case 'ASK_BRIEFLY':
      return outcome(await answer(client, { model, messages: [user(text)], max_tokens: 2 }, false, seen));
    case 'STREAM':
      return outcome(await answer(client, { model, messages: [user(text)] }, true, seen));
    case 'CALL_TOOLS':
      return tools(client, model, text, false, seen);
    case 'STREAM_TOOLS':
      return tools(client, model, text, true, seen);
    case 'ASK_FOR_JSON': {
      const output_config = { format: { type: 'json_schema', schema: FERRY } };
      const told = outcome(await answer(client, { model, messages: [user(text)], output_config }, false, seen));
      return { ...told, text: ferry(told.text) };
    }
    case 'SHOW_PICTURE': {
      const content = [{ type: 'text', text }, image];
      return outcome(await answer(client, { model, messages: [user(content)] }, false, seen));
    }
    case 'GO_ON': {
      const cache_control = { type: 'ephemeral' };
      const thought = { type: 'thinking', thinking: 'I need to look.', signature: SIGNATURE };
      const call = { type: 'tool_use', id: CALL, name: 'weather', input: { city: 'Karachi' } };
      const shown = [{ type: 'text', text: weatherIn('Karachi') }, image];
      const system = [{ type: 'text', text: 'You look at the weather.', cache_control }];
      const messages = [
        user(text),
        { role: 'assistant', content: [thought, call] },
        user([{ type: 'tool_result', tool_use_id: CALL, content: shown, cache_control }]),
      ];
      return outcome(await answer(client, { model, system, messages, tools: [weather] }, true, seen));
    }
    default:
      throw new TypeError(`no such act: ${act}`);
  }
}

await serve(
  ({ url, key }) => new Anthropic({ baseURL: url, apiKey: key, maxRetries: 0 }),
  play,
  (error) => ({ type: error.error?.error?.type ?? null, code: error.error?.error?.code ?? null }),
);
