// Written with the package openai.
import OpenAI from 'openai';
import { CALL, FERRY, PICTURE, WEATHER, ferry, serve, weatherIn } from './lines.mjs';

const user = (content) => ({ role: 'user', content });

const picture = (text) => user([
  { type: 'text', text },
  { type: 'image_url', image_url: { url: `data:image/png;base64,${PICTURE}` } },
]);

const weather = { type: 'function', function: { name: 'weather', parameters: WEATHER } };

async function answer(client, request, stream, seen) {
  if (!stream) {
    return { completion: await client.chat.completions.create(request), pieces: 1 };
  }
  let pieces = 0;
  const run = client.chat.completions.stream({ ...request, stream_options: { include_usage: true } });
  run.on('chunk', (chunk) => {
    const delta = chunk.choices[0]?.delta;
    seen.add(delta?.content ?? '');
    pieces += delta?.content || delta?.tool_calls ? 1 : 0;
  });
  const completion = await run.finalChatCompletion();
  return { completion, pieces };
}

function outcome({ completion, pieces }) {
  const { message, finish_reason: finish } = completion.choices[0];
  return {
    text: message.content ?? '',
    calls: (message.tool_calls ?? []).map((call) => ({
      id: call.id,
      name: call.function.name,
      arguments: JSON.stringify(JSON.parse(call.function.arguments)),
    })),
    finish,
    pieces,
    prompt: completion.usage?.prompt_tokens ?? 0,
    completion: completion.usage?.completion_tokens ?? 0,
    model: completion.model,
  };
}

async function tools(client, model, text, stream, seen) {
  const request = {
    model,
    messages: [user(text)],
    tools: [weather],
    parallel_tool_calls: true,
  };
  const first = await answer(client, request, stream, seen);
  const called = outcome(first);
  request.messages.push(first.completion.choices[0].message);
  for (const call of called.calls) {
    const content = weatherIn(JSON.parse(call.arguments).city);
    request.messages.push({ role: 'tool', tool_call_id: call.id, content });
  }
  const last = outcome(await answer(client, request, stream, seen));
  return { ...last, calls: called.calls, finish: called.finish, pieces: called.pieces };
}

async function play(client, act, model, text, seen) {
  switch (act) {
    case 'ASK':
      return outcome(await answer(client, { model, messages: [user(text)] }, false, seen));
    case 'ASK_BRIEFLY':
      return outcome(await answer(client, { model, messages: [user(text)], max_completion_tokens: 2 }, false, seen));
    case 'STREAM':
      return outcome(await answer(client, { model, messages: [user(text)] }, true, seen));
    case 'CALL_TOOLS':
      return tools(client, model, text, false, seen);
    case 'STREAM_TOOLS':
      return tools(client, model, text, true, seen);
    case 'ASK_FOR_JSON': {
      const response_format = { type: 'json_schema', json_schema: { name: 'ferry', schema: FERRY, strict: true } };
      const told = outcome(await answer(client, { model, messages: [user(text)], response_format }, false, seen));
      return { ...told, text: ferry(told.text) };
    }
    case 'SHOW_PICTURE':
      return outcome(await answer(client, { model, messages: [picture(text)] }, false, seen));
    case 'GO_ON': {
      const call = { name: 'weather', arguments: '{"city":"Karachi"}' };
      const messages = [
        { role: 'system', content: 'You look at the weather.' },
        user(text),
        { role: 'assistant', tool_calls: [{ id: CALL, type: 'function', function: call }] },
        { role: 'tool', tool_call_id: CALL, content: weatherIn('Karachi') },
        picture('And this?'),
      ];
      return outcome(await answer(client, { model, messages, tools: [weather] }, true, seen));
    }
    default:
      throw new TypeError(`no such act: ${act}`);
  }
}

await serve(
  ({ url, key }) => new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 }),
  play,
  (error) => ({ type: error.type ?? null, code: error.code ?? null }),
);
