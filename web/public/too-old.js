// Runs only in browsers that know no modules: there the app never starts, so its hint is shown at once.
document.getElementById("late").className = "card wait-for";
