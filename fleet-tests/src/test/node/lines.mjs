// How a program here is told what to do: a line of JSON in, {door, act, model, text}; a line of JSON out, the outcome with the
// members of Outcome.java. Before it, as soon as the first text of a stream has come, the line "heard".
import { createInterface } from 'node:readline';

// A PNG with one pixel; the one of Program.java.
export const PICTURE =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

// The id of a call and the signature of a thought; those of Program.java.
export const CALL = 'functions.weather:0';
export const SIGNATURE = 'c2lnbmVkIGhlcmU=';

export const WEATHER = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };

export const FERRY = {
  type: 'object',
  properties: { name: { type: 'string' }, seats: { type: 'integer' } },
  required: ['name', 'seats'],
  additionalProperties: false,
};

export const weatherIn = (city) => `31 degrees in ${city}`;

export const ferry = (text) => {
  const { name, seats } = JSON.parse(text);
  return `${name} ${seats}`;
};

const NOTHING = {
  text: '', calls: [], finish: null, pieces: 0, prompt: 0, completion: 0, model: null, trouble: null,
};

/** What has come of a stream so far. */
class Seen {
  text = '';

  add(piece) {
    const first = this.text === '' && piece !== '';
    this.text += piece;
    if (first) {
      process.stdout.write('"heard"\n');
    }
  }
}

/**
 * Answers line by line until there are no more.
 *
 * @param open makes a client of {url, key}
 * @param play (client, act, model, text, seen) => outcome; seen takes the text of a stream as it comes
 * @param trouble what an error of the library says: {type, code}
 */
export async function serve(open, play, trouble) {
  const clients = new Map();
  for await (const line of createInterface({ input: process.stdin })) {
    const { door, act, model, text } = JSON.parse(line);
    const name = JSON.stringify(door);
    if (!clients.has(name)) {
      clients.set(name, open(door));
    }
    const seen = new Seen();
    let outcome;
    try {
      outcome = await play(clients.get(name), act, model, text, seen);
    } catch (error) {
      const told = { thrown: error.constructor.name, status: error.status ?? 0, type: null, code: null, ...trouble(error) };
      outcome = { ...NOTHING, text: seen.text, trouble: told };
    }
    process.stdout.write(JSON.stringify({ ...NOTHING, ...outcome }) + '\n');
  }
}
