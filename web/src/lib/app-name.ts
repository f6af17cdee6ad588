// How the app is called in this installation, and its logo, as the shell says them: no request is needed for it.
import { computed } from "vue";
import { language, type Language } from "../words/words";

function said(wanted: Language): string {
  return document.querySelector(`meta[name="application-name"][lang="${wanted}"]`)?.getAttribute("content") ?? "";
}

const names: Record<Language, string> = { "zh-CN": said("zh-CN"), en: said("en") };

export const appName = computed(() => names[language.value]);

/** The address of the logo, empty where the operator gave none. */
export const logo = document.documentElement.dataset.logo ?? "";
