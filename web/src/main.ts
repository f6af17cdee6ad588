import { createApp } from "vue";
import App from "./App.vue";
import { keepShell } from "./lib/builds";
import { router } from "./router";
import "./style.css";

createApp(App).use(router).mount("#app");
keepShell();
