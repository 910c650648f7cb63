// Draws the charts of a health page: each <div class="chart"> when it comes into sight, in the page's own colours.
"use strict";
(function () {
  // Plotly offers to upload a chart to its maker's cloud: neither the button nor an address for it is left.
  const CONFIG = {
    responsive: true,
    displaylogo: false,
    showSendToCloud: false,
    plotlyServerURL: "",
    modeBarButtonsToRemove: ["sendChartToCloud", "lasso2d", "select2d"],
  };
  const dark = window.matchMedia("(prefers-color-scheme: dark)");

  function themed(layout) {
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(name).trim();
    const axis = {gridcolor: colour("--line"), zerolinecolor: colour("--line"), linecolor: colour("--line")};
    const shown = {
      margin: {t: 40, r: 16, l: 56, b: 48},
      ...layout,
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: {color: colour("--text"), family: "system-ui, sans-serif", size: 12},
      modebar: {bgcolor: "rgba(0,0,0,0)", color: colour("--muted"), activecolor: colour("--accent")},
      hoverlabel: {bgcolor: colour("--card"), bordercolor: colour("--line"), font: {color: colour("--text")}},
    };
    for (const name of ["xaxis", "yaxis"]) shown[name] = {...axis, ...layout[name]};
    return shown;
  }

  function draw(element) {
    const figure = JSON.parse(element.querySelector("script").textContent);
    const canvas = element.querySelector(".canvas");
    Plotly.react(canvas, figure.data, themed(figure.layout), CONFIG).then(() => element.classList.add("drawn"));
  }

  const charts = [...document.querySelectorAll(".chart")];
  const sight = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      sight.unobserve(entry.target);
      draw(entry.target);
    }
  }, {rootMargin: "400px"});
  for (const chart of charts) sight.observe(chart);
  dark.addEventListener("change", () => charts.filter((one) => one.classList.contains("drawn")).forEach(draw));
  window.addEventListener("beforeprint", () => charts.filter((one) => !one.classList.contains("drawn")).forEach(draw));
})();
