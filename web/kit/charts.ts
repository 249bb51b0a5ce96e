import "@mantine/charts/styles.css";

/** The chart library as one lazy piece; pages take these through `Chart.tsx`. */
export { AreaChart, BarChart, CompositeChart, LineChart } from "@mantine/charts";
