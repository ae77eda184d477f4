<!-- import("no-1.js") it's
var a = 1; import("./yes-1.js")
  --> import("no-2.js") it's
while (a --> 0) import("./yes-2.js")
<!--
import("./yes-3.js")
-->
