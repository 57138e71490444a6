// Random changes to a check file and its input.

export type RandomSource = (below: number) => number;

export function randomSource(seed: number): RandomSource {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const PIECES = ['{{', '}}', '[[', ']]', '.*', 'a', '%1', '|', '(', ')', '*', '[a-z]', 'CHECK: a', '\n', ' ', '#', ':'];
const SUFFIXES = ['', '-NEXT', '-SAME', '-NOT', '-DAG', '-LABEL', '-EMPTY', '-COUNT-2', '{LITERAL}'];

/** Another check file and input, mostly still meaningful. */
export function mutate(checks: string, input: string, random: RandomSource): [string, string] {
  let [c, t] = [checks, input];
  for (let n = 1 + random(2); n > 0; n--) {
    switch (random(9)) {
      case 0:
        c = swapLines(c, random);
        break;
      case 1:
        t = swapLines(t, random);
        break;
      case 2:
        c = replaceSuffix(c, random);
        break;
      case 3:
        c = insert(c, PIECES[random(PIECES.length)] as string, random);
        break;
      case 4:
        t = insert(t, PIECES[random(PIECES.length)] as string, random);
        break;
      case 5:
        c = cut(c, random);
        break;
      case 6:
        t = cut(t, random);
        break;
      case 7:
        t = repeatLine(t, random);
        break;
      default:
        c = repeatLine(c, random);
    }
  }
  return [c, t];
}

function swapLines(text: string, random: RandomSource): string {
  const lines = text.split('\n');
  const [i, j] = [random(lines.length), random(lines.length)];
  [lines[i], lines[j]] = [lines[j] as string, lines[i] as string];
  return lines.join('\n');
}

function repeatLine(text: string, random: RandomSource): string {
  const lines = text.split('\n');
  const i = random(lines.length);
  lines.splice(random(lines.length), 0, lines[i] as string);
  return lines.join('\n');
}

function replaceSuffix(text: string, random: RandomSource): string {
  const found = [...text.matchAll(/CHECK(?:-[A-Z]+(?:-\d+)?)?(?:\{LITERAL\})?:/g)];
  const at = found[random(Math.max(found.length, 1))];
  if (!at) return text;
  const suffix = SUFFIXES[random(SUFFIXES.length)] as string;
  return `${text.slice(0, at.index)}CHECK${suffix}:${text.slice(at.index + at[0].length)}`;
}

function insert(text: string, piece: string, random: RandomSource): string {
  const at = random(text.length + 1);
  return text.slice(0, at) + piece + text.slice(at);
}

function cut(text: string, random: RandomSource): string {
  const at = random(text.length + 1);
  return text.slice(0, at) + text.slice(at + 1 + random(3));
}
