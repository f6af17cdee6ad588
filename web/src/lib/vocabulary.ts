// The words behind the API's codes, in both languages, from the API itself: read once, and shown in the chosen language.
import { shallowRef } from "vue";
import { got, openApi, type Schemas } from "../api/client";
import { language } from "../words/words";

type Vocabularies = Schemas["WordsOut"]["vocabularies"];

const vocabularies = shallowRef<Vocabularies>({});
let asked: Promise<void> | null = null;

/** Read the words, once. */
export function loadVocabulary(): Promise<void> {
  asked ??= got(openApi.GET("/api/v1/words"))
    .then((found) => void (vocabularies.value = found.vocabularies))
    .catch((thrown: unknown) => {
      asked = null;
      throw thrown;
    });
  return asked;
}

/** Return the word of a code; the code itself where there is none, or before the words are read. */
export function wordOf(vocabulary: string, code: string | null | undefined): string {
  if (!code) return "–";
  const word = vocabularies.value[vocabulary]?.[code];
  return word ? (language.value === "en" ? word.en : word.zh) : code;
}

/** Return the codes of a vocabulary with their words, in the order of the API. */
export function choicesOf(vocabulary: string): { code: string; word: string }[] {
  return Object.keys(vocabularies.value[vocabulary] ?? {}).map((code) => ({ code, word: wordOf(vocabulary, code) }));
}

/** Return the level of a credit: as its rules name it, or by its category where the words of the API are asked for. */
export function levelOf(credit: { level: string; category: string }): string {
  return language.value === "en" ? (vocabularies.value.Category?.[credit.category]?.en ?? credit.level) : credit.level;
}

/** Return the class of a claim's credits: as its rules name it, or by its code in English. */
export function classOf(claim: { credit_class: string | null; class_code: string | null }): string {
  return language.value === "en" && claim.class_code ? `Class ${claim.class_code}` : (claim.credit_class ?? "–");
}

type Problems = Schemas["ProblemKindList"]["items"];

const titles = shallowRef<Partial<Record<string, Problems[number]["title"]>>>({});
let problemsAsked: Promise<void> | null = null;

/** Read the titles of all problems, once: for counts of refusals by their code. */
export function loadProblemTitles(): Promise<void> {
  problemsAsked ??= got(openApi.GET("/api/v1/problems"))
    .then((found) => void (titles.value = Object.fromEntries(found.items.map((each) => [each.code, each.title]))))
    .catch((thrown: unknown) => {
      problemsAsked = null;
      throw thrown;
    });
  return problemsAsked;
}

/** Return what went wrong by its code, in words; the code itself before the titles are read. */
export function titleOfProblem(code: string): string {
  const title = titles.value[code];
  return title ? (language.value === "en" ? title.en : title.zh) : code;
}
